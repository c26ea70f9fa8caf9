// `POST /-/explain`: why a request would be allowed, refused, or go where it goes. Nothing is sent.

import { ServiceError, type Call } from '../../aws/index.ts';
import type { ExplainFailure, ExplainQuestion } from '../../base/explain-question.ts';
import { answerJson, type InternalPath } from './answer.ts';
import type { PergolaDeps } from './deps.ts';
import { getVpc, invalid, readObject, readText } from './wish.ts';

type Wish = Readonly<Record<string, unknown>>;

/** The most characters of a URL. */
const LONGEST_URL = 65_536;

/** The most characters of a request's id: what a client sent as such is cut there. */
const LONGEST_ID = 512;

/**
 * The path. Body: `{ vpc, as?, address?, method, url, headers? }`, `vpc` an id or a name, `headers` a list of `name: value`;
 * or `{ requestId }` of a request that was served.
 */
export const explain: InternalPath = {
  method: 'POST',
  segments: ['explain'],
  action: 'Explain',
  async answer({ request, response, call }, deps) {
    if (call === undefined) throw new Error('explain was reached without a signature');
    const wish = readObject(request.body);
    const requestId = readText(wish, 'requestId', LONGEST_ID);
    const told =
      requestId === undefined
        ? deps.explain(readQuestion(wish, call, deps))
        : await tellServed(requestId, wish, call, deps);
    if (isFailure(told)) throw errorOf(told);
    answerJson(response, 200, told);
  },
};

function readQuestion(wish: Wish, call: Call, { store }: PergolaDeps): ExplainQuestion {
  const text = (name: string, longest?: number): string => {
    const value = readText(wish, name, longest);
    if (value === undefined) throw invalid(`${name} is missing`);
    return value;
  };
  const headers = wish['headers'] ?? [];
  if (!Array.isArray(headers) || !headers.every((one): one is string => typeof one === 'string'))
    throw invalid('headers must be a list of texts');
  const [vpc, method, url] = [text('vpc'), text('method'), text('url', LONGEST_URL)];
  const [as, address] = [readText(wish, 'as'), readText(wish, 'address')];
  return {
    vpcId: getVpc(store.state.value, call, vpc).id,
    ...{ method, url, headers },
    ...(as === undefined ? {} : { as }),
    ...(address === undefined ? {} : { address }),
  };
}

function tellServed(requestId: string, wish: Wish, call: Call, deps: PergolaDeps): Promise<object | ExplainFailure> {
  const others = Object.keys(wish).filter((name) => name !== 'requestId');
  if (others.length > 0)
    throw invalid(`requestId names a request that was served: ${others.join(', ')} says nothing more`);
  const { account, region } = call;
  return deps.explainServed({ requestId, account, region });
}

function isFailure(told: object): told is ExplainFailure {
  return 'failure' in told;
}

const errors = {
  invalid: ['ValidationException', 400],
  'not found': ['ResourceNotFoundException', 404],
  unavailable: ['ServiceUnavailableException', 503],
} as const;

function errorOf({ failure, message }: ExplainFailure): ServiceError {
  const [name, status] = errors[failure];
  return new ServiceError(name, message, { status });
}
