// An error as it goes over the wire, before a protocol has given it its form.

/** An answer that is an error. `code` is the exception's wire name; `fields` are its members beside `message`. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly code: string;
  /** HTTP status; when absent, the one that the service's schema gives to `code`, else 400. */
  readonly status: number | undefined;
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(
    code: string,
    message: string,
    options: ErrorOptions & { readonly status?: number; readonly fields?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(message, options);
    this.code = code;
    this.status = options.status;
    this.fields = options.fields ?? {};
  }
}
