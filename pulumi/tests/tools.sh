#!/usr/bin/env bash
# Install the tools for the infrastructure tests into a folder, unless they are there: `tools.sh FOLDER`.
#
# No package registry has the Pulumi CLI, so Go builds the CLI and the host of its YAML runtime from the Go module
# proxy. The other tools come from PyPI into a virtual environment. Exit code 3: Go or Python is missing.
set -euo pipefail

# This is the newest CLI whose dependencies are all available from the proxy.
cli=v3.252.0
host=v1.25.0

# Skip optimization: it adds a third to minutes of compiling, and both programs run only for seconds.
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

# Succeed if a tool is missing or was made from another version.
stale() {
  [ "$(cat "$folder/$1.made-of" 2>/dev/null)" != "$2" ]
}

# One module for both, so that Go compiles their common packages once.
if stale go "$cli $host"; then
  module=$(mktemp -d)
  trap 'rm -rf "$module"' EXIT
  cd "$module"
  cli_package=github.com/pulumi/pulumi/pkg/v3/cmd/pulumi
  host_package=github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml
  # `go install` rejects modules with `replace` directives. A module that depends on the programs ignores them.
  go mod init tools
  printf 'package tools\n\nimport (\n\t_ "%s"\n\t_ "%s"\n)\n' "$cli_package" "$host_package" >tools.go
  go get "$cli_package@$cli" "$host_package@$host"
  go build -o "$folder/bin/" "$cli_package" "$host_package"
  echo "$cli $host" >"$folder/go.made-of"
fi
# The provider gets its own folder, because the host caches a plugin's schema beside the plugin's folder.
mkdir -p "$folder/provider"
ln -sf "$here/aws/pulumi-resource-aws" "$folder/provider/"
rm -f "$folder/schema-aws.json"
requirements=$(cat "$here/aws/requirements.txt")
if stale python "$requirements"; then
  python3 -m venv --clear "$folder/python"
  "$folder/python/bin/pip" install --quiet --disable-pip-version-check --requirement "$here/aws/requirements.txt"
  echo "$requirements" >"$folder/python.made-of"
fi
