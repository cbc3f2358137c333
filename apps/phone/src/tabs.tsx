import { usePhoneState } from './phone-context.ts';
import { Icon, type IconName } from './ui/icons.tsx';
import type { Place } from './ui/route.ts';
import { useWords, type Word } from './words/index.ts';

const ICONS: Readonly<Record<Place, IconName>> = {
  keypad: 'keypad',
  recent: 'recent',
  favourites: 'star',
  voicemail: 'voicemail',
  routing: 'routing',
  devices: 'devices',
  settings: 'settings',
  more: 'more',
};
const NARROW: readonly Place[] = ['favourites', 'recent', 'keypad', 'voicemail', 'more'];
const WIDE: readonly Place[] = ['keypad', 'recent', 'favourites', 'voicemail', 'devices', 'routing', 'settings'];
const BEHIND_MORE: readonly Place[] = ['routing', 'devices', 'settings'];

/** The way to each place: below on a telephone, at the side on a desk. */
export function Tabs({ place, isWide, isInert }: { place: Place; isWide: boolean; isInert: boolean }) {
  const words = useWords();
  const missed = usePhoneState((state) => state.history.missedCount);
  const messages = usePhoneState((state) => state.voicemail.newMessages);
  const elsewhere = usePhoneState((state) => state.elsewhere.length);
  const here = isWide || !BEHIND_MORE.includes(place) ? place : 'more';
  const counts: Partial<Record<Place, readonly [count: number, text: Word]>> = {
    recent: [missed, 'missedCount'],
    voicemail: [messages, 'newCount'],
    devices: [elsewhere, 'otherCount'],
  };
  return (
    <nav className="tabs" aria-label={words('places')} inert={isInert}>
      <ul>
        {(isWide ? WIDE : NARROW).map((one) => {
          const [count, text] = counts[one] ?? [0, 'newCount'];
          return (
            <li key={one}>
              <a href={`#/${one}`} aria-current={one === here ? 'page' : undefined}>
                <Icon name={ICONS[one]} />
                <span className="text cut">{words(one)}</span>
                {count > 0 && (
                  <span className="count">
                    <span aria-hidden="true">{count > 99 ? '99+' : count}</span>
                    <span className="unseen">{words(text, { n: count })}</span>
                  </span>
                )}
              </a>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
