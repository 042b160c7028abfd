#!/usr/bin/env bash
# Puts what the tests of the infrastructure need into a folder, once: `tools.sh FOLDER`.
#
# Pulumi gives its CLI to no package registry, so Go builds it, and the host of its YAML runtime, from the Go
# module proxy. The rest comes from PyPI into a virtual environment. Exit 3: a tool to do so with is missing.
set -euo pipefail

# The CLI is the newest whose dependencies the proxy serves.
cli=v3.252.0
host=v1.25.0

# The CLI and the host run for seconds, and compile for minutes: without optimization they take a third less.
export GOFLAGS="-trimpath '-gcflags=all=-N -l' '-ldflags=-s -w'"

here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1/bin"
folder=$(cd "$1" && pwd)

need() {
  if ! command -v "$1" >/dev/null; then
    echo "$1 is not installed: $2"
    exit 3
  fi
}
need go 'Go builds the Pulumi CLI (https://go.dev/doc/install)'
need python3 'MiniStack is a Python program (Debian: apt-get install python3-venv)'

# Says whether something is to be made again: it is not there, or was made of something else.
stale() {
  [ "$(cat "$folder/$1.made-of" 2>/dev/null)" != "$2" ]
}

# In one module, so that what both import is compiled once.
if stale go "$cli $host"; then
  module=$(mktemp -d)
  trap 'rm -rf "$module"' EXIT
  cd "$module"
  cli_package=github.com/pulumi/pulumi/pkg/v3/cmd/pulumi
  host_package=github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml
  # `go install` refuses modules with replacements. Through a module of ours they are left out.
  go mod init tools
  printf 'package tools\n\nimport (\n\t_ "%s"\n\t_ "%s"\n)\n' "$cli_package" "$host_package" >tools.go
  go get "$cli_package@$cli" "$host_package@$host"
  go build -o "$folder/bin/" "$cli_package" "$host_package"
  echo "$cli $host" >"$folder/go.made-of"
fi
# In a folder of its own, because the host keeps what it has read of a plugin beside the folder of the plugin.
mkdir -p "$folder/provider"
ln -sf "$here/aws/pulumi-resource-aws" "$folder/provider/"
rm -f "$folder/schema-aws.json"
requirements=$(cat "$here/aws/requirements.txt")
if stale python "$requirements"; then
  python3 -m venv --clear "$folder/python"
  "$folder/python/bin/pip" install --quiet --disable-pip-version-check --requirement "$here/aws/requirements.txt"
  echo "$requirements" >"$folder/python.made-of"
fi
