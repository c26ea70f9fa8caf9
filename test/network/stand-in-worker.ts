// The process that stands in for a worker in network tests: says what it sees of each connection, and dials when asked.

import dgram from 'node:dgram';
import net from 'node:net';

interface Message {
  readonly listen?: string;
  readonly close?: string;
  readonly dial?: net.TcpNetConnectOpts;
}

const say = (text: string): void => void process.send?.(text);

const listening = new Map<string, { close(callback: () => void): unknown }>();

process.on('message', ({ listen, close, dial }: Message, handle: unknown) => {
  if (close !== undefined) {
    listening.get(close)?.close(() => say('closed'));
    listening.delete(close);
  } else if (dial !== undefined) {
    const socket = net.connect(dial);
    socket.setTimeout(1000, () => {
      say('TIMEOUT');
      socket.destroy();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => say(error.code ?? error.message));
    socket.on('data', (data) => {
      say(data.toString());
      socket.destroy();
    });
  } else if (listen !== undefined && listen.includes('/udp')) {
    const socket = dgram.createSocket('udp4');
    socket.on('message', (_data, from) => socket.send(`${listen} for ${from.address}`, from.port, from.address));
    listening.set(listen, socket);
    socket.bind(handle as dgram.BindOptions, () => say('listening'));
  } else if (listen !== undefined) {
    const server = net.createServer((socket) => {
      socket.on('error', () => {});
      socket.write(`${listen} at ${socket.localAddress} for ${socket.remoteAddress}\n`);
      socket.pipe(socket);
    });
    listening.set(listen, server);
    server.listen(handle as net.ListenOptions, () => say('listening'));
  }
});
process.on('disconnect', () => process.exit());
say('ready');
