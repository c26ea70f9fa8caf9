// How a Describe call is written that lists records by ids and filters, page by page.

import type { Filter } from '@aws-sdk/client-ec2';
import type { Ec2Filter } from '../../domain/ec2/index.ts';
import type { RecordList, State } from '../../domain/index.ts';
import type { BaseRecord } from '../../domain/records/index.ts';
import type { Call } from '../../aws/index.ts';
import type { Operation, Valid, Wire } from '../operation.ts';
import type { Ec2Deps } from './deps.ts';
import { readDescribe } from './describe-input.ts';
import { paginateEc2 } from './page-ec2.ts';
import { readEc2 } from './read-ec2.ts';

/** What these calls have in common. */
interface DescribeRequest {
  readonly DryRun?: boolean;
  readonly Filters?: readonly Valid<Filter>[];
  readonly MaxResults?: number;
  readonly NextToken?: string;
}

/** The call `name`: what `list` finds, each as `show` says, in a page that `answer` makes. */
export function describeEc2<Request extends DescribeRequest, R extends BaseRecord, Shape, Response>(
  name: string,
  {
    ids,
    list,
    show,
    answer,
  }: {
    readonly ids: (request: Request) => readonly string[] | undefined;
    readonly list: (
      state: State,
      call: Call,
      input: { readonly ids?: readonly string[]; readonly filters?: readonly Ec2Filter[] },
    ) => RecordList<R>;
    readonly show: (record: R, state: State) => Wire<Shape>;
    readonly answer: (shown: readonly Wire<Shape>[], NextToken: string | undefined) => Wire<Response>;
  },
): Operation<Ec2Deps> {
  return readEc2(name, (state, request: Request, call): Wire<Response> => {
    const found = list(state, call, readDescribe(ids(request), request.Filters));
    const { items, nextToken } = paginateEc2(found, request);
    return answer(
      items.map((item) => show(item, state)),
      nextToken,
    );
  });
}
