#!/bin/sh
# verdict < MESSAGE: what OpenDKIM makes of it, in one word and in its own. Exit code 0: pass; 1: fail; 3: the DNS could
# not tell. OpenDKIM's own exit code is 0 always.
said=$(opendkim -x /etc/opendkim/opendkim.conf -t - 2>&1 | head -c 4096)
last=$(printf '%s\n' "$said" | tail -n 1)
case $last in
*": verification ("*") succeeded") word=pass code=0 ;;
*"key DNS query failed") word=temperror code=3 ;;
*) word=fail code=1 ;;
esac
printf '%s\n%s\n' "$word" "$said"
exit $code
