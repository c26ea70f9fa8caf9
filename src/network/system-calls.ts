// The system calls that Node has no function for, made through `node:ffi`: the one place that touches it.
//
// Each acts on the calling thread, which must do nothing else meanwhile: only short-lived helpers use them.

import { closeSync, openSync } from 'node:fs';
import { dlopen } from 'node:ffi';

/** sched.h: what `setns` is given. */
const CLONE_NEWNET = 0x4000_0000;

/** The calls that this process can make. */
export interface SystemCalls {
  /** Moves the calling thread into the network namespace whose file is at `path`: sockets and programs that it opens are there. */
  enter(path: string): void;
}

/** Finds the calls. Throws where this Node, or this machine, has none of them. */
export function openSystemCalls(): SystemCalls {
  const { functions } = dlopen(null, {
    setns: { arguments: ['i32', 'i32'], return: 'i32' },
  });
  return {
    enter(path) {
      const descriptor = openSync(path, 'r');
      try {
        if (functions.setns(descriptor, CLONE_NEWNET) !== 0) throw new Error(`${path} cannot be entered`);
      } finally {
        closeSync(descriptor);
      }
    },
  };
}
