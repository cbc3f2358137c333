import type { ConferenceMember } from './member.ts';

/** Somebody else has to be so much louder to take the floor from who has it. */
const TAKE_OVER = 1.5;
/** A speaker keeps the floor through pauses of so many frames (1 s). */
const KEEP_FRAMES = 50;

/** Finds out who has the floor: the loudest, with some patience. */
export class ActiveSpeaker {
  current: ConferenceMember | null = null;
  #silentFrames = 0;

  /** Looks at the present frame; true when somebody else has the floor, or nobody any more. */
  next(members: Iterable<ConferenceMember>): boolean {
    let loudest: ConferenceMember | null = null;
    for (const member of members) {
      if (member.talker.isTalking && member.talker.level > (loudest?.talker.level ?? 0)) loudest = member;
    }
    const present = this.current;
    const isHeard = present?.talker.isTalking ?? false;
    this.#silentFrames = isHeard ? 0 : this.#silentFrames + 1;
    if (!loudest) return present !== null && this.#silentFrames > KEEP_FRAMES ? this.#give(null) : false;
    if (loudest === present) return false;
    const isTaken = !present || !isHeard || loudest.talker.level > present.talker.level * TAKE_OVER;
    return isTaken ? this.#give(loudest) : false;
  }

  /** A member has left; true when it had the floor. */
  forget(member: ConferenceMember): boolean {
    return this.current === member ? this.#give(null) : false;
  }

  #give(member: ConferenceMember | null): true {
    this.current = member;
    this.#silentFrames = 0;
    return true;
  }
}
