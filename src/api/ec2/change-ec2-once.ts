// How a changing operation of EC2 is written that has a client token: a repetition gives the first answer and does nothing.

import { ServiceError } from '../../aws/index.ts';
import { applyChanges, type Decision, type State } from '../../domain/index.ts';
import { changeOnce, type Operation } from '../operation.ts';
import { changeEc2 } from './change-ec2.ts';
import type { Ec2Deps } from './deps.ts';
import { keepAnswer, takeAnswer, type KeptAnswer } from './kept-answer.ts';

/** The longest token (EC2 API: "Ensuring idempotency in Amazon EC2 API requests"). */
const LONGEST = 64;

interface Tokened {
  readonly DryRun?: boolean;
  readonly ClientToken?: string;
}

/**
 * As `changeEc2`. With `ClientToken` the answer is kept with the change: what is made may be another, or gone, when the call comes
 * again. Other parameters with the same token are `IdempotentParameterMismatch`. `toOutput` gets the token, which most answers tell.
 */
export function changeEc2Once<Request extends Tokened, I, R, Response>(
  name: string,
  decision: Decision<I, R>,
  toInput: (request: Request, deps: Ec2Deps) => I,
  toOutput: (result: R, state: State, token: string | undefined) => Response,
): Operation<Ec2Deps> {
  const plain = changeEc2(name, decision, toInput, (result: R, state) => toOutput(result, state, undefined));
  const once = (token: string): Operation<Ec2Deps> =>
    changeOnce<Request & { readonly clientToken: string }, I, KeptAnswer, unknown, Ec2Deps>(
      name,
      (state, input, context) => {
        const { changes, result } = decision(state, input, context);
        const after = applyChanges(state, changes, state.revision + 1);
        return { changes, result: keepAnswer(toOutput(result, after, token)) };
      },
      (request, deps) => toInput({ ...request, ClientToken: token }, deps),
      takeAnswer,
    );
  return {
    name,
    kind: 'change',
    bind(deps) {
      const handle = plain.bind(deps);
      return async (input, call, audited) => {
        const { ClientToken: token = '', DryRun, ...parameters } = input as Tokened;
        if (token === '' || DryRun === true) return handle(input, call, audited);
        if (token.length > LONGEST)
          throw new ServiceError('InvalidParameterValue', `A client token has at most ${LONGEST} characters.`);
        return once(token).bind(deps)({ ...parameters, clientToken: token }, call, audited);
      };
    },
  };
}
