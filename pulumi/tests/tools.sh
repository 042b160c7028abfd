#!/usr/bin/env bash
# Install the tools for the infrastructure tests into a folder, unless they are there: `tools.sh FOLDER`.
#
# No package registry has the Pulumi CLI, so Go builds the CLI and the host of its YAML runtime from the Go module
# proxy. The other tools come from PyPI into a virtual environment. Exit code 3: Go or Python is missing.
#
# A version fixes all Go modules that it needs. Go compares each with the public checksum database; committed go.sum
# files would have 1,300 lines.
set -euo pipefail

# This is the newest CLI whose dependencies are all available from the proxy.
cli=v3.252.0
host=v1.25.0
export GOSUMDB=sum.golang.org

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

if stale cli "$cli"; then
  module=$(mktemp -d)
  trap 'rm -rf "$module"' EXIT
  cd "$module"
  package=github.com/pulumi/pulumi/pkg/v3/cmd/pulumi
  # `go install` rejects modules with `replace` directives. A module that depends on the CLI ignores them.
  go mod init tools
  printf 'package tools\n\nimport _ "%s"\n' "$package" >tools.go
  go get "$package@$cli"
  go build -o "$folder/bin/pulumi" "$package"
  echo "$cli" >"$folder/cli.made-of"
fi
if stale host "$host"; then
  GOBIN="$folder/bin" go install "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml@$host"
  echo "$host" >"$folder/host.made-of"
fi
# The provider gets its own folder, because the host caches a plugin's schema beside the plugin's folder.
mkdir -p "$folder/provider"
ln -sf "$here/aws/pulumi-resource-aws" "$folder/provider/"
rm -f "$folder/schema-aws.json"
requirements=$(cat "$here/aws/requirements.txt")
if stale python "$requirements"; then
  python3 -m venv --clear "$folder/python"
  "$folder/python/bin/pip" install --quiet --disable-pip-version-check --require-hashes \
    --requirement "$here/aws/requirements.txt"
  echo "$requirements" >"$folder/python.made-of"
fi
