#!/bin/sh
# Run by the nginx image before nginx: the file of deploy/nginx, with the program in the container `zhijiao`. Its name is
# looked up again and again, since a container that was restarted may have another address.
set -e
from=${1:-/etc/zhijiao.conf} to=${2:-/etc/nginx/conf.d/default.conf} names=${3:-/etc/resolv.conf}
resolver=$(awk '$1 == "nameserver" { print $2; exit }' "$names")
sed "s|proxy_pass http://127.0.0.1:8000;|resolver $resolver valid=10s; set \$program zhijiao:8000; proxy_pass http://\$program;|" \
    "$from" > "$to"
grep -q 'http://$program' "$to"
