// `POST /-/explain`: why a request would be allowed, refused, or go where it goes. Nothing is sent.

import { ServiceError } from '../../aws/index.ts';
import { answerJson, type InternalPath } from './answer.ts';
import { getVpc, invalid, readObject, readText } from './wish.ts';

/** The most characters of a URL. */
const LONGEST_URL = 65_536;

/** The path. Body: `{ vpc, as?, address?, method, url, headers? }`, `vpc` an id or a name, `headers` a list of `name: value`. */
export const explain: InternalPath = {
  method: 'POST',
  segments: ['explain'],
  action: 'Explain',
  answer({ request, response, call }, deps) {
    if (call === undefined) throw new Error('explain was reached without a signature');
    const wish = readObject(request.body);
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
    const explanation = deps.explain({
      vpcId: getVpc(deps.store.state.value, call, vpc).id,
      ...{ method, url, headers },
      ...(as === undefined ? {} : { as }),
      ...(address === undefined ? {} : { address }),
    });
    if ('failure' in explanation) {
      if (explanation.failure === 'invalid') throw invalid(explanation.message);
      throw new ServiceError('ResourceNotFoundException', explanation.message, { status: 404 });
    }
    answerJson(response, 200, explanation);
    return Promise.resolve();
  },
};
