/** As little as a server of secure WebSockets can be on Node: it keeps the connections and answers 200 to whatever comes. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { type WebSocket, WebSocketServer } from 'ws';
import { headerOf } from '../load/text.ts';

const [port, certificateFile, keyFile] = process.argv.slice(2) as [string, string, string];
const connections = new Set<WebSocket>();
const server = createServer({ cert: readFileSync(certificateFile), key: readFileSync(keyFile) });
const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, clientTracking: false });

server.on('upgrade', (request, socket, head) =>
  sockets.handleUpgrade(request, socket, head, (connection) => {
    connections.add(connection);
    connection.on('message', (data) => answer(connection, String(data)));
    connection.on('close', () => connections.delete(connection));
  }),
);
server.listen(Number(port), '127.0.0.1', () => process.stdout.write('ready\n'));

function answer(connection: WebSocket, request: string): void {
  connection.send(`SIP/2.0 200 OK\r\nCSeq: ${headerOf(request, 'CSeq')}\r\nContent-Length: 0\r\n\r\n`);
}
