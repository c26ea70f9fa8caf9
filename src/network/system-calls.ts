// The system calls that Node has no function for, made through `node:ffi`: the one place that touches it.
//
// `enter` acts on the calling thread, which must do nothing else meanwhile: only short-lived helpers use these calls.

import { closeSync, openSync } from 'node:fs';
import { dlopen } from 'node:ffi';
import { getSystemErrorName } from 'node:util';
import { formatRequest, messageTypes, parseMessages } from './netlink.ts';

/** From sched.h, sys/socket.h and linux/netlink.h. */
const CLONE_NEWNET = 0x4000_0000;
const AF_NETLINK = 16;
const SOCK_RAW_CLOEXEC = 0x80003;
const MSG_TRUNC = 0x20;

/** The protocols of netlink sockets that are used. */
export const netlinkProtocols = { route: 0, netfilter: 12 } as const;

/** A netlink socket in the namespace in which it was opened. */
export interface Netlink extends Disposable {
  /** The bodies of the answers to one request. Throws an `Error` with the system's error name. */
  ask(type: number, kind: 'dump' | 'one', body: Buffer): readonly Buffer[];
}

/** The calls that this process can make. */
export interface SystemCalls {
  /** Moves the calling thread into the network namespace whose file is at `path`: sockets and programs that it opens are there. */
  enter(path: string): void;
  /** Moves the calling thread back to where it was when these calls were found. */
  goHome(): void;
  openNetlink(protocol: number): Netlink;
}

/** The kernel sends no more than 32 KiB of a dump at once. */
const RECEIVE = 65_536;
/** How often a dump is begun anew because what it shows changed meanwhile. */
const DUMPS = 20;

/** Finds the calls. Throws where this Node, or this machine, has none of them. */
export function openSystemCalls(): SystemCalls {
  const { functions } = dlopen(null, {
    setns: { arguments: ['i32', 'i32'], return: 'i32' },
    socket: { arguments: ['i32', 'i32', 'i32'], return: 'i32' },
    send: { arguments: ['i32', 'pointer', 'u64', 'i32'], return: 'i64' },
    recv: { arguments: ['i32', 'pointer', 'u64', 'i32'], return: 'i64' },
    close: { arguments: ['i32'], return: 'i32' },
  });
  const home = openSync('/proc/thread-self/ns/net', 'r');
  const move = (descriptor: number, path: string): void => {
    if (functions.setns(descriptor, CLONE_NEWNET) !== 0) throw new Error(`${path} cannot be entered`);
  };
  const buffer = Buffer.alloc(RECEIVE);
  const exchange = (descriptor: number, type: number, kind: 'dump' | 'one', body: Buffer): Exchange => {
    const request = formatRequest(type, kind, body);
    if (functions.send(descriptor, request, BigInt(request.length), 0) !== BigInt(request.length))
      throw new Error(`netlink request ${type} cannot be sent`);
    const bodies: Buffer[] = [];
    for (let interrupted = false; ;) {
      const length = Number(functions.recv(descriptor, buffer, BigInt(RECEIVE), MSG_TRUNC));
      if (length <= 0 || length > RECEIVE) throw new Error(`the answer to netlink request ${type} cannot be received`);
      // The buffer is used again.
      for (const message of parseMessages(Buffer.from(buffer.subarray(0, length)))) {
        interrupted ||= message.interrupted;
        const last = message.type === messageTypes.error || message.type === messageTypes.done;
        const code = last && message.body.length >= 4 ? message.body.readInt32LE(0) : 0;
        if (code < 0) throw new Error(`netlink request ${type}: ${getSystemErrorName(code)}`);
        if (!last) bodies.push(message.body);
        if (last || kind === 'one') return { bodies, interrupted };
      }
    }
  };
  return {
    enter(path) {
      const descriptor = openSync(path, 'r');
      try {
        move(descriptor, path);
      } finally {
        closeSync(descriptor);
      }
    },
    goHome: () => move(home, 'the own namespace'),
    openNetlink(protocol) {
      const descriptor = functions.socket(AF_NETLINK, SOCK_RAW_CLOEXEC, protocol);
      if (descriptor < 0) throw new Error(`netlink protocol ${protocol} is not there`);
      return {
        ask(type, kind, body) {
          for (let i = 0; i < DUMPS; i++) {
            const { bodies, interrupted } = exchange(descriptor, type, kind, body);
            if (!interrupted) return bodies;
          }
          throw new Error(`netlink request ${type}: what it shows changes all the time`);
        },
        [Symbol.dispose]: () => void functions.close(descriptor),
      };
    },
  };
}

interface Exchange {
  readonly bodies: readonly Buffer[];
  readonly interrupted: boolean;
}
