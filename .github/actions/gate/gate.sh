#!/usr/bin/env bash
# Runs a gate with what the action hands over in BASE, HEAD, FLAGS, SHARD, OUT.
set -uo pipefail
cd "$GITHUB_ACTION_PATH/../../.."
echo "artifact=$(basename "$OUT")${SHARD:+-${SHARD//\//-of-}}" >>"$GITHUB_OUTPUT"

args=(gate --out "$OUT")
[ -z "$SHARD" ] || args+=(--shard "$SHARD")
# Flags are words; they hold no spaces of their own.
read -ra more <<<"$FLAGS"
args+=("${more[@]}" "$BASE")
[ -z "$HEAD" ] || args+=("$HEAD")

make build || exit 2
.bin/promisebench "${args[@]}"
code=$?
echo "code=$code" >>"$GITHUB_OUTPUT"
[ ! -f "$OUT/summary.md" ] || cat "$OUT/summary.md" >>"$GITHUB_STEP_SUMMARY"
# A shard does not know the verdict: only the merge of all shards does.
if [ -n "$SHARD" ] && { [ $code -eq 1 ] || [ $code -eq 3 ]; }; then
	exit 0
fi
exit $code
