import { usePhoneState } from '../phone-context.ts';
import { Icon } from '../ui/icons.tsx';
import { PageHead } from '../ui/parts.tsx';
import { useWords } from '../words/index.ts';

/** On a telephone: the places that have no tab. */
export function More() {
  const words = useWords();
  const elsewhere = usePhoneState((state) => state.elsewhere.length);
  const routing = usePhoneState((state) => state.settings.shown?.routing);
  return (
    <>
      <PageHead title={words('more')} />
      <ul className="card rows plain">
        {(['routing', 'devices', 'settings'] as const).map((place) => (
          <li key={place}>
            <a className="item link" href={`#/${place}`}>
              <Icon name={place} />
              <span className="what">
                <span>
                  {words(place === 'settings' ? 'settings' : place === 'routing' ? 'routingLong' : 'devicesLong')}
                </span>
                {place === 'routing' && routing !== undefined && (
                  <small>{words(routing === 'other' ? 'routing.otherShort' : `routing.${routing}`)}</small>
                )}
              </span>
              {place === 'devices' && elsewhere > 0 && <span className="badge good">{elsewhere}</span>}
              <Icon name="next" />
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}
