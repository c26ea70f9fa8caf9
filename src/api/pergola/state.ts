// `GET /-/ready`, `GET /-/metrics`, `GET /-/status`: how the server is doing, for machines and for people.

import { answerJson, type InternalPath } from './answer.ts';

/** 200 when API and data plane serve, else 503. Needs no signature. */
export const ready: InternalPath = {
  method: 'GET',
  segments: ['ready'],
  answer({ response }, deps) {
    const isReady = deps.isReady();
    answerJson(response, isReady ? 200 : 503, { ready: isReady });
    return Promise.resolve();
  },
};

/** The metrics in the text format of Prometheus. Needs no signature. */
export const metrics: InternalPath = {
  method: 'GET',
  segments: ['metrics'],
  async answer({ response }, deps) {
    const text = await deps.metrics();
    response.writeHead(200, {
      'content-type': 'text/plain; version=0.0.4; charset=utf-8',
      'content-length': Buffer.byteLength(text),
    });
    response.end(text);
  },
};

/** What `pergola status` shows. */
export const status: InternalPath = {
  method: 'GET',
  segments: ['status'],
  action: 'GetStatus',
  async answer({ response }, deps) {
    answerJson(response, 200, await deps.status());
  },
};
