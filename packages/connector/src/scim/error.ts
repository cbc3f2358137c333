import { databaseFailure } from '../database/failures.ts';
import { ProblemError } from '../http/problem-error.ts';

export const ERROR_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:Error';

/** A refusal in the form of RFC 7644 §3.12. */
export class ScimError extends Error {
  override readonly name = 'ScimError';
  readonly status: number;
  readonly scimType: string | undefined;

  constructor(status: number, scimType: string | undefined, detail: string) {
    super(detail);
    this.status = status;
    this.scimType = scimType;
  }

  body() {
    return {
      schemas: [ERROR_SCHEMA],
      status: String(this.status),
      ...(this.scimType === undefined ? {} : { scimType: this.scimType }),
      detail: this.message,
    };
  }
}

/** The refusal that an error means here; undefined: it is a fault of ours. */
export function scimErrorOf(error: unknown): ScimError | undefined {
  if (error instanceof ScimError) return error;
  if (error instanceof ProblemError) {
    const { status, detail, code } = error.problem;
    return new ScimError(status, code === 'emailTaken' ? 'uniqueness' : undefined, detail);
  }
  const failure = databaseFailure(error);
  if (failure === 'full') return new ScimError(507, undefined, 'The service has no space left to write.');
  if (failure === 'busy' || failure === 'unavailable') return new ScimError(503, undefined, 'Try again in a moment.');
  const { statusCode, message, status, scimType } = error as {
    readonly statusCode?: number;
    readonly status?: number;
    readonly scimType?: string;
    readonly message?: string;
  };
  const known = statusCode ?? (scimType === undefined ? undefined : Number(status ?? 400));
  if (known === undefined || known < 400 || known >= 500) return undefined;
  return new ScimError(known, scimType ?? (known === 400 ? 'invalidSyntax' : undefined), message ?? '');
}
