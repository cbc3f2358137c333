// A registrar that believes everybody: `node packages/sip/examples/registrar.ts`, then register a phone at 127.0.0.1:5070.
import { makeResponse, openUserAgent, type ServerTransaction } from '../src/index.ts';

const contacts = new Map<string, string>();

function onRequest(transaction: ServerTransaction): void {
  const { request } = transaction;
  if (request.method !== 'REGISTER') return transaction.reply(405);
  const contact = request.headers.get('Contact') ?? contacts.get(request.to.uriText);
  if (contact) contacts.set(request.to.uriText, contact);
  const response = makeResponse(request, 200, { toTag: 'registrar' });
  if (contact) response.headers.append('Contact', contact).append('Expires', '3600');
  transaction.respond(response);
}

const port = Number(process.argv[2] ?? 5070);
export const { transport, close } = await openUserAgent({
  points: [{ transport: 'udp', address: '127.0.0.1', port }],
  handler: { onRequest },
});
