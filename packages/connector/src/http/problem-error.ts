import { type Problem, type ProblemCode, problemOf } from '@unisono/contract';

/** A request that is refused; thrown by whoever finds out, answered by the server in the one form of refusals. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly problem: Problem;

  constructor(code: ProblemCode, detail?: string, more?: Parameters<typeof problemOf>[2]) {
    const problem = problemOf(code, detail, more);
    super(problem.detail);
    this.problem = problem;
  }
}
