import type { Call, ConferenceMember } from '@unisono/phone';
import { usePhone, useRun } from '../phone-context.ts';
import { Face, IconButton, usePartyTexts } from '../ui/parts.tsx';
import { useWords } from '../words/index.ts';

/** Who is in a conference; the host puts somebody out here. */
export function Members({ call }: { call: Call }) {
  const words = useWords();
  const members = call.conference?.members ?? [];
  // The others first: oneself is no news.
  const shown = [...members.filter(({ isSelf }) => !isSelf), ...members.filter(({ isSelf }) => isSelf)];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled by keys where it has no buttons
    <ul className="list members scroll" aria-label={words('members')} tabIndex={0}>
      {shown.map((member) => (
        <MemberRow key={member.id} call={call} member={member} />
      ))}
    </ul>
  );
}

function MemberRow({ call, member }: { call: Call; member: ConferenceMember }) {
  const words = useWords();
  const run = useRun();
  const { calls } = usePhone();
  const [name, number] = usePartyTexts()(member.party);
  const { isSelf, isHost, isHeld, isMuted } = member;
  const details = [
    isSelf ? words('you') : number,
    isHost ? words('host') : '',
    isHeld ? words('phase.held') : '',
    isMuted ? words('memberMuted') : '',
  ];
  return (
    <li className="item">
      <Face party={member.party} />
      <span className="what">
        <strong className="cut">{name}</strong>
        <small className="cut tnum">{details.filter(Boolean).join(' · ')}</small>
      </span>
      {call.conference?.isHost && !isSelf && (
        <IconButton
          icon="close"
          label={words('expel', { who: name })}
          onClick={() => run(calls.expel(call.id, member.id))}
        />
      )}
    </li>
  );
}
