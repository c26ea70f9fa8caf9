// The header `X-Amz-Target` of the awsJson protocols: `Prefix.Operation`.

/** What the header names. */
export interface Target {
  /** The service's, without a namespace before it: boto sends `com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101`, the JavaScript SDK the last part. */
  readonly prefix: string;
  readonly operation: string;
}

/** Reads the header; undefined when it is absent or has no dot. */
export function parseTarget(header: string | undefined): Target | undefined {
  const match = header === undefined ? null : /(?:^|\.)([^.]+)\.([^.]+)$/.exec(header);
  const [, prefix, operation] = match ?? [];
  return prefix === undefined || operation === undefined ? undefined : { prefix, operation };
}
