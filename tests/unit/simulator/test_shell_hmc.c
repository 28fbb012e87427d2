/* SPDX-License-Identifier: ISC */
/* The shell of an HMC: what its users' scripts rely on, what a restricted bash refuses, in its words. */
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "tests/unit/simulator/front.h"

Test(shell_hmc, speaks_as_bash_does)
{
	expect_hmc("foo", "", "bash: foo: command not found\n", 127);
	expect_hmc("last", "", "bash: last: command not found\n", 127);
	expect_hmc("stty -a", "", "bash: stty: command not found\n", 127);
	expect_hmc("oem_setup_env", "", "bash: oem_setup_env: command not found\n", 127);
	expect_hmc("ioscli lsmap", "", "bash: ioscli: command not found\n", 127);
	expect_hmc("which bash", "", "which: no bash in (/hmcrbin/:/usr/hmcrbin)\n", 1);
	expect_hmc("cat < nosuch", "", "bash: nosuch: No such file or directory\n", 1);
	expect_hmc("echo )", "", "bash: -c: line 1: syntax error near unexpected token `)'\n", 2);
	expect_hmc("echo $HOME $LOGNAME $0; pwd; hostname; uname", "/home/hscroot hscroot bash\n/home/hscroot\nhmc1\nLinux\n",
	    "", 0);
}

Test(shell_hmc, is_restricted)
{
	expect_hmc("cd /tmp", "", "bash: cd: restricted\n", 1);
	expect_hmc("/bin/ls", "", "bash: /bin/ls: restricted: cannot specify `/' in command names\n", 1);
	expect_hmc("echo x > f", "", "bash: f: restricted: cannot redirect output\n", 1);
	expect_hmc("echo x >> f; ls", "", "bash: f: restricted: cannot redirect output\n", 0);
	expect_hmc("PATH=/tmp", "", "bash: PATH: readonly variable\n", 1);
	expect_hmc("echo x | tee f; cat f", "x\nx\n", "", 0);
	expect_hmc("foo 2>&1", "bash: foo: command not found\n", "", 127);
}

Test(shell_hmc, takes_what_monitoring_scripts_send)
{
	expect_hmc("LC_ALL=en_US LANG=en_US LC_NUMERIC=en_US echo $((1+1))", "2\n", "", 0);
	expect_hmc("export LANG=C;echo ok", "ok\n", "", 0);
	expect_hmc("for x in $(echo a b); do echo $x; done | sort -r", "b\na\n", "", 0);
	expect_hmc("echo `echo x`; false; echo $?", "x\n1\n", "", 0);
	expect_hmc("printf 'c\\na\\nb\\na\\n' | sort | uniq -c | awk '{print $2 \"=\" $1}'", "a=2\nb=1\nc=1\n", "", 0);
	expect_hmc("echo a:b:c | cut -d: -f2; echo abc | tr a-c A-C; echo x | wc -l", "b\nABC\n1\n", "", 0);
	expect_hmc("printf '1,a b\\n2,c\\n' | while IFS=',' read n t; do echo \"$t=$n\"; done", "a b=1\nc=2\n", "", 0);
}

Test(shell_hmc, takes_the_output_of_commands_as_input)
{
	expect_hmc("while read a b; do echo $b; last=$a; done < <(echo 1 x; echo 2 y); echo $last", "x\ny\n2\n", "", 0);
	expect_hmc("while IFS=: read a b; do n=$b; done < <(printf 'q:7\\n' | grep q)\necho $n", "7\n", "", 0);
	/* the last command of a pipeline has its own variables, as in bash and not as in ksh */
	expect_hmc("n=0; echo 5 | while read x; do n=$x; done; echo $n", "0\n", "", 0);
	expect_padmin("n=0; echo 5 | while read x; do n=$x; done; echo $n", "5\n", "", 0);
	expect_padmin("cat < <(echo x)", "", "rksh: 0403-057 Syntax error at line 1 : `<' is not expected.\n", 1);
}

Test(shell_hmc, cuts_and_replaces_in_variables)
{
	expect_hmc("v=a.b.c; echo ${v//./_} ${v/./_} ${v#*.} ${v##*.} ${v%.*} ${v%%.*}", "a_b_c a_b.c b.c c a.b a\n", "", 0);
	expect_hmc("v='x y z'; echo \"${v// /}\" \"${v//[xz]/-}\" \"${v/#x/q}\" \"${v/%z/q}\" \"${v/y}\"",
	    "xyz - y - q y z x y q x  z\n", "", 0);
	expect_hmc("v=abcdef; echo ${v:2} ${v:1:3} ${v: -2} ${v:0:-1} [${v:9}]", "cdef bcd ef abcde []\n", "", 0);
	expect_hmc("s=/; v=a/b; echo ${v//\\//$s$s}", "a//b\n", "", 0);
	expect_padmin("v=a.b; echo ${v//./_}", "", "rksh: ${v//./_}: 0403-011 The specified substitution is not valid for "
	    "this command.\n", 1);
}

Test(shell_hmc, tests_and_cases)
{
	expect_hmc("[[ abc == a* ]] && echo yes; [ 1 -lt 2 ] && echo less", "yes\nless\n", "", 0);
	expect_hmc("case Running in Not*) echo off;; Run*|Start*) echo on;; esac", "on\n", "", 0);
	expect_hmc("if [[ -n $HOME && x != y ]]; then echo ok; fi", "ok\n", "", 0);
}

Test(shell_hmc, echo_is_that_of_bash)
{
	expect_hmc("echo -n a; echo -e 'b\\tc'; echo 'd\\te'", "ab\tc\nd\\te\n", "", 0);
	expect_padmin("echo 'd\\te'", "d\te\n", "", 0);
}

Test(shell_hmc, here_documents_are_scripts)
{
	expect_hmc("cat << EOF\n$LOGNAME\nEOF\necho end", "hscroot\nend\n", "", 0);
}

Test(shell_hmc, processes_lie_in_proc)
{
	struct front f;

	front_open_hmc(&f);
	front_run(&f, false, NULL, "sleep 30 & p=$!; cat /proc/$p/cmdline | tr '\\000' ' '; echo; for d in /proc/[0-9]*; do "
	    "grep -q sleep $d/cmdline && echo found; done; kill $p; wait; sleep 0; ls /proc | grep -c \"^$p\\$\"");
	cr_expect_str_eq(f.out, "sleep 30 \nfound\n0\n", "[%s]", f.out);
	cr_expect_str_eq(f.err, "", "[%s]", f.err);
	front_run(&f, false, NULL, "kill 99");
	cr_expect_str_eq(f.err, "bash: kill: (99) - No such process\n", "[%s]", f.err);
	cr_expect_eq(f.status, 1);
	front_close(&f);
}
