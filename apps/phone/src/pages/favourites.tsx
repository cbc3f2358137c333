import type { Favourite } from '@unisono/phone';
import { useState } from 'react';
import { usePhone, usePhoneState, useRun } from '../phone-context.ts';
import { Icon } from '../ui/icons.tsx';
import { Empty, Face, IconButton, PageHead } from '../ui/parts.tsx';
import { joined, usePresence } from '../ui/presence.ts';
import { useWords } from '../words/index.ts';

export function Favourites() {
  const words = useWords();
  const list = usePhoneState((state) => state.favourites.list);
  const [isArranging, setArranging] = useState(false);
  return (
    <>
      <PageHead title={words('favourites')}>
        {list.length > 0 && (
          <button type="button" className="button small quiet" onClick={() => setArranging(!isArranging)}>
            {words(isArranging ? 'finish' : 'arrange')}
          </button>
        )}
      </PageHead>
      {list.length === 0 && <Empty icon="star">{words('noFavourites')}</Empty>}
      <ul className="list">
        {list.map((one, index) => (
          <li key={`${one.name} ${one.number}`}>
            {isArranging ? <Arranged one={one} index={index} list={list} /> : <Callable one={one} />}
          </li>
        ))}
      </ul>
    </>
  );
}

function Callable({ one }: { one: Favourite }) {
  const words = useWords();
  const run = useRun();
  const { calls, numbers } = usePhone();
  const presence = usePresence()(one.presence);
  return (
    <button type="button" className="item" onClick={() => run(calls.dial(one.number))}>
      <Face party={one} presence={presence?.state} />
      <span className="what">
        <strong className="cut">{one.name}</strong>
        <small className="cut tnum">{joined(numbers.show(one.number), presence?.text)}</small>
      </span>
      <span className="unseen">{words('call')}</span>
      <span className="iconbutton call">
        <Icon name="phone" />
      </span>
    </button>
  );
}

function Arranged({ one, index, list }: { one: Favourite; index: number; list: readonly Favourite[] }) {
  const words = useWords();
  const run = useRun();
  const { book } = usePhone();
  const without = list.filter((other) => other !== one);
  const moveTo = (place: number) => () => run(book.setFavourites(without.toSpliced(place, 0, one)));
  return (
    <div className="item">
      <strong className="what cut">{one.name}</strong>
      <IconButton
        icon="up"
        label={words('moveUp', { who: one.name })}
        disabled={index === 0}
        onClick={moveTo(index - 1)}
      />
      <IconButton
        icon="low"
        label={words('moveDown', { who: one.name })}
        disabled={index === list.length - 1}
        onClick={moveTo(index + 1)}
      />
      <IconButton
        icon="bin"
        label={`${words('removeFavourite')}: ${one.name}`}
        onClick={() => run(book.setFavourites(without))}
      />
    </div>
  );
}
