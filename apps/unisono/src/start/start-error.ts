/** Why the system does not start, in words for whoever started it: what is wrong, where, and what to do. */
export class StartError extends Error {
  override readonly name = 'StartError';
}
