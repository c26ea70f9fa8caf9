// What `pergola explain` is asked, for the API that is asked and the room that answers.

/** A request that is not sent. */
export interface ExplainQuestion {
  readonly vpcId: string;
  /** ARN of who asks, in place of a signature. */
  readonly as?: string;
  /** The client's address in the VPC. */
  readonly address?: string;
  readonly method: string;
  /** `http://NAME[:PORT]/path?query`. */
  readonly url: string;
  /** Lines `name: value`. */
  readonly headers: readonly string[];
}

/** Why there is no explanation: the question is wrong, names what there is not, or nobody has time for it now. */
export interface ExplainFailure {
  readonly failure: 'invalid' | 'not found' | 'unavailable';
  readonly message: string;
}
