/* SPDX-License-Identifier: ISC */
/* The utilities: filters, files, what they print on errors. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/simulator/front.h"

#define LSMAP "vhost0:U8246.L2D.06052EA-V1-C11:0x00000002:vtscsi0:Available\nvhost1:U8246.L2D.06052EA-V1-C13:0x00000003: \n"

Test(util, scripts_find_the_vhost_by_slot)
{
	expect_padmin("printf '" LSMAP "' | grep 06052EA | grep 'C11:' | awk -F: '{print $1}'", "vhost0\n", "", 0);
	expect_padmin("printf '" LSMAP "' | cut -d: -f1,3", "vhost0:0x00000002\nvhost1:0x00000003\n", "", 0);
	expect_padmin("printf '" LSMAP "' | sed -e 's/:.*//' | tail -1", "vhost1\n", "", 0);
	expect_padmin("printf '" LSMAP "' | grep -v ^$ | wc -l", "       2\n", "", 0);
}

Test(util, grep_knows_its_options)
{
	expect_padmin("printf 'ab\\nabc\\nAB\\n' | grep -w ab", "ab\n", "", 0);
	expect_padmin("printf 'ab\\nabc\\nAB\\n' | grep -ic ab", "3\n", "", 0);
	expect_padmin("printf 'ab\\nabc\\nAB\\n' | grep -n -v b", "3:AB\n", "", 0);
	expect_padmin("printf 'a.b\\naxb\\n' | fgrep a.b; printf 'x1\\ny\\n' | egrep '(x|z)[0-9]+'", "a.b\nx1\n", "", 0);
	expect_padmin("printf 'a\\n' | grep -q b", "", "", 1);
	expect_padmin("grep x /none", "", "grep: 0652-033 Cannot open /none.\n", 2);
	expect_padmin("printf 'x\\n' | grep '['", "", "grep: 0652-141 There is a regular expression error.\n", 2);
}

Test(util, grep_p_prints_paragraphs)
{
	expect_padmin("printf 'fcs0 a\\n  WWN 1\\n\\nfcs1 b\\n  WWN 2\\n\\n' | grep -p -w fcs1", "fcs1 b\n  WWN 2\n\n", "", 0);
}

Test(util, head_tail_tr_sort)
{
	expect_padmin("printf '1\\n2\\n3\\n' | head -n 1; printf '1\\n2\\n3\\n' | tail -2 | tr '\\n' ,", "1\n2,3,", "", 0);
	expect_padmin("echo Ab-c | tr '[a-z]' '[A-Z]' | tr -d -; echo aabb | tr -s a", "ABC\nabb\n", "", 0);
	expect_root("printf 'b 2\\na 10\\nc 1\\n' | sort -k 2 -n; printf 'a\\nb\\na\\n' | sort -u", "c 1\nb 2\na 10\na\nb\n", "", 0);
	expect_padmin("printf '1\\n2\\n3\\n' | tail -n +2", "2\n3\n", "", 0);
}

Test(util, awk_and_sed_start_nothing_and_open_nothing)
{
	expect_padmin("awk 'BEGIN{system(\"id\")}'", "", "awk: this program is not allowed in the simulator\n", 2);
	expect_padmin("echo a | awk '{print > \"/tmp/x\"}'", "", "awk: this program is not allowed in the simulator\n", 2);
	expect_padmin("echo a | awk '{print | \"sh\"}'", "", "awk: this program is not allowed in the simulator\n", 2);
	expect_padmin("awk 'BEGIN{getline x < \"/etc/passwd\"; print x}'", "", "awk: this program is not allowed in the simulator\n", 2);
	expect_padmin("echo 'a|b 5' | awk '/a|b/ || $2 > 3 {if ($2 > 4) print (\"x|y\"), $1}'", "x|y a|b\n", "", 0);
	expect_padmin("echo 3 4 | awk '{print $1/$2}'; echo 8 | awk -v n=2 '{print $1/n \" >|\"}'", "0.75\n4 >|\n", "", 0);
}

Test(util, sed_cannot_write_files)
{
	struct front f;

	front_open(&f);
	front_run(&f, false, NULL, "echo a | sed 'w /tmp/evil'");
	cr_expect_neq(f.status, 0);
	front_run(&f, false, NULL, "echo a | sed '1e id'");
	cr_expect_neq(f.status, 0);
	cr_expect(strstr(f.out, "uid") == NULL);
	front_close(&f);
}

Test(util, expr_calculates_and_matches)
{
	expect_padmin("expr 3 + 4 \\* 2; expr \\( 3 + 4 \\) \\* 2; expr abc : 'a\\(.*\\)'; expr 3 '>' 2", "11\n14\nbc\n1\n", "", 0);
	expect_padmin("expr 1 - 1", "0\n", "", 1);
	expect_padmin("expr 1 +", "", "expr: 0402-050 Syntax error.\n", 2);
}

Test(util, echo_and_printf_know_backslashes)
{
	expect_padmin("echo 'a\\tb\\nc'; echo 'x\\c'; print -r 'a\\tb'; print -n z", "a\tb\nc\nxa\\tb\nz", "", 0);
	expect_padmin("printf '%s=%d %5.2s|\\n' a 1 xyz b 2", "a=1    xy|\nb=2      |\n", "", 0);
	expect_padmin("printf '%x %%\\n' 255", "ff %\n", "", 0);
}

Test(util, files_are_made_copied_and_removed)
{
	expect_root("cd /tmp; mkdir -p a/b/c; echo x > a/b/f; cp -R a z; cat z/b/f; mv z/b/f g; ls; rm -rf a z; ls",
	    "x\na\ng\nz\ng\n", "", 0);
	expect_root("cd /tmp; echo x > f; chmod 444 f; ls -l f | cut -c1-10; chmod -R 777 /tmp; ls -l f | cut -c1-10",
	    "-r--r--r--\n-rwxrwxrwx\n", "", 0);
	expect_root("rm /none; rm -f /none", "", "rm: /none: A file or directory in the path name does not exist.\n", 0);
	expect_root("mkdir /tmp; echo $?", "2\n",
	    "mkdir: 0653-358 Cannot create /tmp.\n/tmp: Do not specify an existing file.\n", 0);
	expect_root("ls -d /var/vio/VMLibrary /none", "/var/vio/VMLibrary\n",
	    "ls: 0653-341 The file /none does not exist.\n", 2);
}

Test(util, padmin_changes_only_its_own_files)
{
	expect_padmin("echo x | tee /var/vio/VMLibrary/f", "x\n",
	    "tee: /var/vio/VMLibrary/f: The file access permissions do not allow the specified action.\n", 1);
	expect_padmin("echo x | tee f; rm -f f; ls", "x\n", "", 0);
}

Test(util, mkisofs_makes_an_image)
{
	struct front f;
	char path[160], id[6] = "";
	int fd;

	front_open(&f);
	front_run(&f, true, NULL, "echo hostname=web1 > config_1.xml; mkisofs -r -o /var/vio/VMLibrary/config_1.iso config_1.xml; "
	    "grep -c hostname=web1 /var/vio/VMLibrary/config_1.iso");
	cr_expect_eq(f.status, 0);
	cr_expect_str_eq(f.out, "1\n");
	cr_expect(strstr(f.err, "extents written") != NULL);
	snprintf(path, sizeof(path), "%s/var/vio/VMLibrary/config_1.iso", f.dir);
	fd = open(path, O_RDONLY);
	cr_assert_neq(fd, -1);
	cr_expect_eq(pread(fd, id, 5, 32769), 5);
	cr_expect_str_eq(id, "CD001");
	(void)close(fd);
	front_run(&f, true, NULL, "mkisofs -r -o /tmp/x.iso nosuch; ls /tmp");
	cr_expect_str_eq(f.out, "");
	front_close(&f);
}

Test(util, gzip_and_gunzip_are_filters)
{
	expect_root("echo data | gzip -c > /tmp/d.gz; gunzip -c /tmp/d.gz; cat /tmp/d.gz | gunzip -c", "data\ndata\n", "", 0);
}
