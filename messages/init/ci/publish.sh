#!/bin/sh
# {ci.publish}
set -eu
share=${1:?"ci/publish.sh DIR"}

put() {
  rm -rf "$2.new" "$2.old"
  cp -R "$1" "$2.new"
  if [ -e "$2" ]; then mv "$2" "$2.old"; fi
  mv "$2.new" "$2"
  rm -rf "$2.old"
}

mkdir -p "$share/returned"
put output/site "$share/site"
# {ci.others}
for folder in site-store workbooks; do
  if [ -d "output/$folder" ]; then put "output/$folder" "$share/$folder"; fi
done
for store in output/returned/*/; do
  if [ -d "$store" ]; then put "${store%/}" "$share/returned/$(basename "$store")"; fi
done
# {ci.nothing_left}
for store in "$share"/returned/*/; do
  if [ ! -d "output/returned/$(basename "$store")" ]; then rm -rf "$store"; fi
done
