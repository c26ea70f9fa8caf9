// Gives a namespace of others, while it is a member of a VPC, a name among ours, by which programs find it as they find our own.

import { namespacePath } from './names.ts';
import type { Command } from './state.ts';
import type { JoinedNamespace } from './workload-namespace.ts';

/**
 * `$1` is where it is now, `$2` our name's path, `$3` who it must be: the path may have become another's since it was looked
 * at. It is entered once, since not every namespace can be. `ip netns del` takes the name away again, and nothing else.
 */
const script = `set -e
who() { stat -L -c %d:%i "$1" 2>/dev/null || true; }
if [ "$(who "$1")" != "$3" ]; then echo "it is not there any more" >&2; exit 1; fi
: >"$2"
mount -n --bind "$1" "$2" || { rm -f "$2"; exit 1; }
if [ "$(who "$2")" != "$3" ]; then echo "it became another one just now" >&2
elif nsenter --net="$2" true; then exit 0
fi
umount -n -l "$2"
rm -f "$2"
exit 1`;

/** The command that names it `name`; it fails, and leaves nothing, where it is no network namespace, or not the one that is meant. */
export function nameJoined(name: string, { path, identity }: JoinedNamespace): Command {
  return { argv: ['sh', '-c', script, 'join', path, namespacePath(name), identity] };
}
