#!/bin/sh
# What a shell, a console or a configuration list would act on, in every argument of every verb:
# refused, and nothing of it ever reaches the console.
. "$(dirname "$0")/lib.sh"
export SITE_SPEED=0
site_up
register
as alice 0 create-vm web1 --memory 512M --disk 1G --no-start
world >"$work/before"
: >"$site/power1/transcript.jsonl"

# The request as sshd hands it over, without the handshake.
raw() {	# raw USER LINE
	who=$1
	env -i SSH_ORIGINAL_COMMAND="$2" SSH_CONNECTION='192.0.2.1 1 192.0.2.2 22' \
	    "ASAN_OPTIONS=$ASAN_OPTIONS" "LSAN_OPTIONS=$LSAN_OPTIONS" "UBSAN_OPTIONS=$UBSAN_OPTIONS" \
	    "$bin/powerdirector" -c "$site/etc/powerdirector.conf" --user "$who" </dev/null >"$work/out" 2>"$work/err"
	status=$?
}

cat >"$work/payloads" <<-'EOF'
	$(touch INJECTED)
	`touch INJECTED`
	;touch INJECTED
	INJECTED,lpar_id=1
	INJECTED=1
	|touch INJECTED
	&touch INJECTED
	>INJECTED
	INJECTED name
	"INJECTED"
	\INJECTED
	INJECTED*?[a]
	${INJECTED}
	../../INJECTED
	-INJECTED
	INJECTED<<eof
	{INJECTED}
	~INJECTED
	#INJECTED
	!INJECTED
	%sINJECTED%n
EOF

# Every verb with every argument of its own, from the program's own table.
raw admin 'help --json'
jq -r '.value[] | .name as $v | .args[] | [$v, .name, (.positional // false | tostring)] | join(" ")' "$work/out" >"$work/args"
checks=$((checks + 1))
[ "$(wc -l <"$work/args")" -ge 40 ] || fail "help --json knows $(wc -l <"$work/args") arguments"
count=0
while read -r verb arg positional; do
	case $verb in help) continue ;; esac
	while IFS= read -r payload; do
		if [ "$positional" = true ]; then
			line="$verb '$payload' --yes"
		else
			line="$verb web1 --$arg '$payload' --yes"
		fi
		raw admin "$line"
		count=$((count + 1))
		case $status in
		64 | 65 | 66 | 73 | 77) [ -s "$work/err" ] || fail "$line: no message" ;;
		*) [ "$arg" = description ] || fail "$line: exit status $status" ;;
		esac
	done <"$work/payloads"
done <"$work/args"
checks=$((checks + count))

# Free text is kept as it is, for people, and never goes to the console.
as alice 0 "start-vm web1 --note 'INJECTED; \$(touch x) \"quoted\", a=b'"
as alice 0 history --json
is 'the note is literal' 'INJECTED; $(touch x) "quoted", a=b' "$(json 'last(.value[] | .. | objects | select(.note? != null)).note')"
as alice 0 stop-vm web1 --force

checks=$((checks + 1))
! grep -q INJECTED "$site/power1/transcript.jsonl" || fail 'an injected text reached the console'
world >"$work/after"
checks=$((checks + 1))
diff "$work/before" "$work/after" >"$work/out" || fail 'the console was changed'
echo "$count requests with payloads"
