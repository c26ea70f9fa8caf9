// What a function is: an ARN, and how it is invoked.

/** A function whose environments this server runs, or one that another server runs. */
export type FunctionSpec = CommandFunction | EndpointFunction;

/** A program that speaks the Lambda Runtime API. One execution environment is one process of it. */
export interface CommandFunction {
  readonly kind: 'command';
  /** `arn:aws:lambda:REGION:ACCOUNT:function:NAME`, without a version or an alias. */
  readonly arn: string;
  readonly command: readonly string[];
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The most environments at a time. */
  readonly concurrency: number;
  /** Milliseconds that one invocation may take. */
  readonly timeout: number;
}

/** A server with Lambda's Invoke API. */
export interface EndpointFunction {
  readonly kind: 'endpoint';
  readonly arn: string;
  /** The URL that an invocation is posted to. */
  readonly url: string;
  readonly timeout: number;
}

/**
 * What an invocation came to. `payload` of a failure is Lambda's JSON: `{ errorMessage, errorType }`, with whatever else the function said.
 */
export type InvocationResult =
  | { readonly kind: 'response'; readonly payload: Buffer }
  | { readonly kind: 'failure'; readonly errorType: string; readonly payload: Buffer }
  /** Every environment was busy for too long. */
  | { readonly kind: 'throttled' };

/** The failure that Lambda itself answers with. */
export function failure(errorType: string, errorMessage: string): InvocationResult {
  return { kind: 'failure', errorType, payload: Buffer.from(JSON.stringify({ errorMessage, errorType })) };
}

/** The parts of a function's ARN; undefined when it is none. A version or an alias may follow the name. */
export function parseFunctionArn(arn: string):
  | {
      readonly region: string;
      readonly account: string;
      readonly name: string;
      readonly qualifier: string;
      /** Without version or alias. */
      readonly unqualified: string;
    }
  | undefined {
  const match =
    /^(arn:aws[\w-]*:lambda:([a-z]{2}(?:-[a-z]+)+-\d+):(\d{12}):function:([\w-]{1,64}))(?::(\$LATEST|[\w-]{1,128}))?$/.exec(
      arn,
    );
  if (match === null) return undefined;
  const [, unqualified = '', region = '', account = '', name = '', qualifier = '$LATEST'] = match;
  return { region, account, name, qualifier, unqualified };
}
