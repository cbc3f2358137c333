import type { Behaviour } from './behaviour.ts';
import type { EndpointOptions, MediaEndpoint } from './endpoint.ts';
import { BehaviourEndpoint } from './endpoint.ts';
import type { MediaHost } from './host.ts';

/** Sends every audio packet back as it came, in its codec and at once; digits are reported and not sent back. */
export function createEcho(host: MediaHost, options: EndpointOptions = {}): MediaEndpoint {
  return new BehaviourEndpoint(host, echo(), options);
}

function echo(): Behaviour {
  return {
    kind: 'echo',
    direction: 'sendrecv',
    consume(packet, header, format, isNewSource, sender) {
      sender.forward(packet, header, format.sendPayloadType, isNewSource);
    },
  };
}
