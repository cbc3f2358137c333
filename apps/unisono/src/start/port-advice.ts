import type { ListenError } from '@unisono/sip';

const FLAGS = { udp: '--sip-port', tcp: '--sip-port', tls: '--tls-port', ws: '--ws-port', wss: '--wss-port' } as const;

const DOORS = { udp: 'sbc.udp', tcp: 'sbc.tcp', tls: 'sbc.tls', ws: 'sbc.wss', wss: '--sbc-port' } as const;

/**
 * Why a SIP port cannot be had and what to do about it; undefined when the error is about something else. `isDoor`: it is a
 * port of the border.
 */
export function portAdvice(error: unknown, isDoor = false): string | undefined {
  if (!isListenError(error)) return undefined;
  const { transport, address, port, code } = error;
  const where = `${transport.toUpperCase()} port ${port} on ${address}`;
  const flag = (isDoor ? DOORS : FLAGS)[transport];
  switch (code) {
    case 'SIP_PORT_IN_USE':
      return `${where} is in use by another program. Stop that program, or take another port with ${flag}.`;
    case 'SIP_PORT_FORBIDDEN':
      return `${where} is forbidden by the system. Take one above 1023 with ${flag}, or grant the right to it.`;
    case 'SIP_ADDRESS_NOT_LOCAL':
      return `${address} is no address of this machine. Give one of its own with --listen, or 0.0.0.0 for all of them.`;
    default:
      return error.message;
  }
}

function isListenError(error: unknown): error is ListenError {
  return error instanceof Error && error.name === 'ListenError' && 'transport' in error;
}
