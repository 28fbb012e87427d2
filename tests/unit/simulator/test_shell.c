/* SPDX-License-Identifier: ISC */
/* The simulated Korn shell: language, restrictions, limits. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "tests/simulator/shell/shell_ast.h"
#include "tests/unit/simulator/front.h"

#define NOT_ALLOWED "0403-019 The operation is not allowed in a restricted shell.\n"

Test(shell, joins_commands)
{
	expect_padmin("echo a; echo b && echo c || echo d", "a\nb\nc\n", "", 0);
	expect_padmin("false && echo no; false || echo yes", "yes\n", "", 0);
	expect_padmin("true;", "", "", 0);
	expect_padmin("! false", "", "", 0);
}

Test(shell, keeps_quotes_apart)
{
	expect_padmin("echo 'a  b' \"c  d\" e\\ \\ f g\\$h", "a  b c  d e  f g$h\n", "", 0);
	expect_padmin("x='p  q'; echo $x \"$x\" '$x'", "p q p  q $x\n", "", 0);
	expect_padmin("echo \"a\\\"b\" \"\" | wc -c", "       5\n", "", 0);
	expect_padmin("echo name=\\\"VM1\\\",x", "name=\"VM1\",x\n", "", 0);
}

Test(shell, expands_parameters)
{
	expect_padmin("x=abc.tar.gz; echo ${x%.*} ${x%%.*} ${x#*.} ${x##*.} ${#x}", "abc.tar abc tar.gz gz 10\n", "", 0);
	expect_padmin("echo ${y:-def} ${y:=set} $y ${y:+other} ${z-}", "def set set other\n", "", 0);
	expect_padmin("false; echo $?", "1\n", "", 0);
	expect_padmin("set -- a 'b c' d; echo $# \"$2\"; for i in \"$@\"; do echo [$i]; done; shift; echo $1",
	    "3 b c\n[a]\n[b c]\n[d]\nb c\n", "", 0);
}

Test(shell, substitutes_commands)
{
	expect_padmin("echo $(echo a; echo b) `echo c` \"$(printf 'x\\n\\n')\"", "a b c x\n", "", 0);
	expect_padmin("x=$(echo $(echo `echo deep`)); echo $x", "deep\n", "", 0);
	expect_padmin("x=`echo \\`echo in\\``; echo $x", "in\n", "", 0);
	expect_padmin("x=$(false); echo $?", "1\n", "", 0);
}

Test(shell, calculates)
{
	expect_padmin("i=0; ((i=i+1)); ((i+=2)); echo $i $((i*4-1)) $((7/2)) $((7%4)) $((1<2&&3>2))", "3 11 3 3 1\n", "", 0);
	expect_padmin("let x=3*4; echo $x; ((0)) || echo zero", "12\nzero\n", "", 0);
	expect_padmin("x=5; echo $(($x+1)) $((x>3?10:20)) $(( (1+2)*3 ))", "6 10 9\n", "", 0);
	expect_padmin("echo $((9223372036854775807+1))", "-9223372036854775808\n", "", 0);
	expect_padmin("echo $((1/0))", "", "rksh: 0403-054 Cannot divide by zero.\n", 1);
}

Test(shell, branches_and_loops)
{
	expect_padmin("if [ 1 -gt 2 ]; then echo a; elif [ x = x ]; then echo b; else echo c; fi", "b\n", "", 0);
	expect_padmin("for x in 1 2 3; do [ $x = 2 ] && continue; echo $x; done", "1\n3\n", "", 0);
	expect_padmin("i=0; while [ $i -lt 3 ]; do ((i=i+1)); if [ $i -eq 2 ]; then break; fi; done; echo $i", "2\n", "", 0);
	expect_padmin("until [ \"$x\" = aa ]; do x=${x}a; done; echo $x", "aa\n", "", 0);
	expect_padmin("case lv00 in hdisk*) echo pv;; lv*|fs*) echo lv;; esac", "lv\n", "", 0);
	expect_padmin("case x in a) ;; *) echo other; esac", "other\n", "", 0);
	expect_padmin("for x in 1 2\ndo\n  echo $x # comment\ndone\n", "1\n2\n", "", 0);
}

Test(shell, last_command_of_a_pipeline_keeps_its_variables)
{
	expect_padmin("printf 'a 1\\nb 2\\n' | while read n v; do s=$s$n$v; done; echo $s", "a1b2\n", "", 0);
	expect_padmin("x=1; (x=2; echo $x); echo $x; { x=3; }; echo $x", "2\n1\n3\n", "", 0);
}

Test(shell, tests_conditions)
{
	expect_padmin("[ -n a -a -z '' ] && [ ! -f /none ] && [ -d /home/padmin ] && echo ok", "ok\n", "", 0);
	expect_padmin("[[ abc = a* && ! x = y ]] && [[ 3 -gt 2 || a = b ]] && echo ok", "ok\n", "", 0);
	expect_padmin("[ a = b", "", "rksh: test: 0403-021 A ] character is missing.\n", 2);
	expect_padmin("[ x -eq 1 ]", "", "rksh: test: 0403-004 Specify a parameter with this command.\n", 2);
}

Test(shell, reads_here_documents)
{
	expect_padmin("x=v; cat <<eof\na $x `echo b`\neof\necho end", "a v b\nend\n", "", 0);
	expect_padmin("cat <<'eof'\n$x\neof", "$x\n", "", 0);
	expect_padmin("cat <<-eof\n\ttab\n\teof", "tab\n", "", 0);
}

Test(shell, root_shell_reads_the_odd_here_document_of_the_scripts)
{
	expect_padmin("oem_setup_env <<eof\nwhoami\nexit 3\necho no\n<<eof", "root\n", "", 3);
	expect_padmin("oem_setup_env <<eof\necho a\n<<eof", "a\n", "", 0);
	expect_padmin("oem_setup_env <<eof\nfor i in 1 2\ndo\necho \\$i\ndone\neof\nwhoami", "1\n2\npadmin\n", "", 0);
}

Test(shell, root_shell_reads_standard_input)
{
	struct front f;

	front_open(&f);
	front_run(&f, false, "cd /tmp\npwd\nread x\nvalue\necho $x\nexit 4\necho never\n", "oem_setup_env");
	cr_expect_str_eq(f.out, "/tmp\nvalue\n");
	cr_expect_eq(f.status, 4);
	front_close(&f);
}

Test(shell, assignment_in_front_of_a_command_ends_with_it)
{
	expect_padmin("A=1; A=2 eval 'echo $A'; echo $A", "2\n1\n", "", 0);
	expect_padmin("export B=3; echo $B", "3\n", "", 0);
}

Test(shell, padmin_is_restricted)
{
	expect_padmin("cd /tmp", "", "rksh: cd: " NOT_ALLOWED, 1);
	expect_padmin("PATH=/bin; echo $PATH", "/usr/ios/cli:/usr/ios/utils:/usr/ios/lpm/bin:/usr/ios/oem:/home/padmin\n",
	    "rksh: PATH: " NOT_ALLOWED, 0);
	expect_padmin("export ENV=x", "", "rksh: ENV: " NOT_ALLOWED, 1);
	expect_padmin("/usr/bin/ls", "", "rksh: /usr/bin/ls: " NOT_ALLOWED, 1);
	expect_padmin("echo x > f", "", "rksh: f: " NOT_ALLOWED, 1);
	expect_padmin("echo x >> f; ls", "", "rksh: f: " NOT_ALLOWED, 0);
	expect_padmin("echo x 2>/dev/null", "", "rksh: /dev/null: " NOT_ALLOWED, 1);
	expect_padmin("nosuch 2>&1 | cat", "ksh: nosuch:  not found.\n", "", 0);
	expect_padmin("echo x | tee f; cat f", "x\nx\n", "", 0);
}

Test(shell, padmin_has_no_sort_and_no_dd)
{
	expect_padmin("sort", "", "ksh: sort:  not found.\n", 127);
	expect_padmin("dd if=/dev/zero", "", "ksh: dd:  not found.\n", 127);
	expect_padmin("nosuch -x; echo $?", "127\n", "ksh: nosuch:  not found.\n", 0);
}

Test(shell, root_may_redirect_and_use_paths)
{
	expect_root("cd /tmp; echo a > f; echo b >> f; cat < f; /usr/bin/wc -l f", "a\nb\n       2 f\n", "", 0);
	expect_root("nosuch 2> /tmp/e > /dev/null; cat /tmp/e", "ksh: nosuch:  not found.\n", "", 0);
	expect_root("{ echo o; nosuch; } > /tmp/a 2>&1; cat /tmp/a", "o\nksh: nosuch:  not found.\n", "", 0);
	expect_root("cd /tmp; echo 1 > a.x; echo 2 > b.x; echo *.x [b]*; echo '*.x' no*", "a.x b.x b.x\n*.x no*\n", "", 0);
}

Test(shell, never_leaves_the_simulated_files)
{
	expect_root("cat ../../../../../../etc/passwd", "", "cat: 0652-050 Cannot open ../../../../../../etc/passwd.\n", 2);
	expect_root("ls /etc/passwd", "", "ls: 0653-341 The file /etc/passwd does not exist.\n", 2);
	expect_root("/usr/bin/id -u; ls /usr", "uid=0(root) gid=0(system) groups=2(bin),3(sys),7(security)\n",
	    "ls: 0653-341 The file /usr does not exist.\n", 2);
}

Test(shell, background_jobs_show_up_in_ps)
{
	struct front f;

	front_open(&f);
	front_run(&f, true, NULL, "sleep 600 > /dev/null 2> /tmp/log &\nps -ef | grep 'sleep 600' | grep -v grep | wc -l; "
	    "kill $!; wait; ps -ef | grep -v grep | grep -c 'sleep 600'");
	cr_expect_str_eq(f.out, "       1\n0\n");
	front_close(&f);
}

Test(shell, syntax_errors_run_nothing)
{
	expect_padmin("echo a; done", "", "rksh: 0403-057 Syntax error at line 1 : `done' is not expected.\n", 2);
	expect_padmin("if true; then echo x", "", "rksh: 0403-057 Syntax error at line 1 : `newline or ;' is not expected.\n", 2);
	expect_padmin("echo 'open", "", "rksh: 0403-057 Syntax error at line 1 : `quote' is not matched.\n", 2);
	expect_padmin("echo a\n| b", "a\n", "rksh: 0403-057 Syntax error at line 2 : `|' is not expected.\n", 2);
	expect_padmin("; ;", "", "rksh: 0403-057 Syntax error at line 1 : `;' is not expected.\n", 2);
}

static char *
repeat(const char *part, size_t n, const char *tail)
{
	size_t len = strlen(part);
	char *s = malloc(n * len + strlen(tail) + 1);

	for (size_t i = 0; i < n; i++)
		memcpy(s + i * len, part, len);
	strcpy(s + n * len, tail);
	return s;
}

Test(shell, depth_and_length_are_bounded)
{
	static const char *const parts[] = { "(", "$(", "{ ", "if ", "`", "\"$(", "${x:-", "! ", "a|", "a&&", "((", "[[ " };
	struct front f;

	front_open(&f);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		char *s = repeat(parts[i], 20000, "x");

		front_run(&f, false, NULL, s);
		cr_expect_neq(f.status, 0, "%s", parts[i]);
		free(s);
	}
	for (size_t i = 0; i < 2; i++) {
		char *s = repeat(i == 0 ? "echo " : "eval '", i == 0 ? 40000 : 40, i == 0 ? "" : "echo deep");

		front_run(&f, false, NULL, s);
		cr_expect_neq(f.status, 0);
		free(s);
	}
	front_run(&f, false, NULL, "x=$((((((((((((((((((((((((((((((((((((((((((1");
	front_run(&f, false, NULL, "while true; do true; done");
	cr_expect(strstr(f.err, "0403-029") != NULL);
	front_run(&f, true, NULL, "echo 'echo again; . /tmp/s' > /tmp/s; . /tmp/s");
	cr_expect(strstr(f.err, "0403-029") != NULL);
	front_close(&f);
}

Test(shell, parser_asks_for_more_while_a_construct_is_open)
{
	static const char *const open[] = { "for x in a", "if true", "echo 'a", "echo \"a", "cat <<e\nb\n", "a |", "a &&",
		"while a; do", "case x in", "echo $(a", "{ a", "( a", "((1", "echo \\" };
	struct parse_error err;
	struct prog *p;
	size_t used;

	for (size_t i = 0; i < sizeof(open) / sizeof(open[0]); i++)
		cr_expect_eq(shell_parse(open[i], strlen(open[i]), false, 1, &p, &used, &err), PARSE_MORE,
		    "%s", open[i]);
	cr_expect_eq(shell_parse("echo a\necho b", 13, false, 1, &p, &used, &err), PARSE_OK);
	cr_expect_eq(used, 7);
	prog_unref(p);
}
