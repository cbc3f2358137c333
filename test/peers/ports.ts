/**
 * Blocks of ports for peers, below Linux' ephemeral range. A lock file per block keeps test processes that run at
 * the same time apart; binding every port of the block keeps us away from everybody else.
 */
import { createSocket } from 'node:dgram';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atExit } from './at-exit.ts';

const FIRST_PORT = 20_000;
const BLOCK_SIZE = 40;
const BLOCK_COUNT = 300;
const lockFolder = join(tmpdir(), 'unisono-peer-ports');

/** Consecutive ports of one peer: `port(0)` to `port(39)`, free on UDP and TCP when handed out. */
export interface PortBlock {
  readonly first: number;
  readonly last: number;
  port(offset: number): number;
  release(): void;
}

/** Reserves a block of 40 ports of 127.0.0.1 until `release()`; throws when all blocks are taken. */
export async function reservePorts(): Promise<PortBlock> {
  const start = Math.floor(Math.random() * BLOCK_COUNT);
  for (let turn = 0; turn < BLOCK_COUNT; turn++) {
    const first = FIRST_PORT + ((start + turn) % BLOCK_COUNT) * BLOCK_SIZE;
    if (!lock(first)) continue;
    if (await allFree(first)) return portBlock(first);
    unlock(first);
  }
  throw new Error(`No free block of ${BLOCK_SIZE} ports from ${FIRST_PORT} on; stale locks are in ${lockFolder}`);
}

/** Whether some process of this machine has bound the port (IPv4). Linux only. */
export function isListening(transport: 'udp' | 'tcp', port: number): boolean {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const lines = readFileSync(`/proc/net/${transport}`, 'utf8').split('\n').slice(1);
  return lines.some((line) => line.trim().split(/\s+/)[1]?.endsWith(suffix));
}

function portBlock(first: number): PortBlock {
  const cancel = atExit(() => unlock(first));
  return {
    first,
    last: first + BLOCK_SIZE - 1,
    port: (offset) => first + offset,
    release: () => {
      cancel();
      unlock(first);
    },
  };
}

function lock(first: number): boolean {
  mkdirSync(lockFolder, { recursive: true });
  const file = join(lockFolder, String(first));
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    if (!ownerIsGone(file)) return false;
    rmSync(file, { force: true });
    return false;
  }
}

function unlock(first: number): void {
  rmSync(join(lockFolder, String(first)), { force: true });
}

function ownerIsGone(file: string): boolean {
  try {
    process.kill(Number(readFileSync(file, 'utf8')), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

async function allFree(first: number): Promise<boolean> {
  const ports = Array.from({ length: BLOCK_SIZE }, (_, offset) => first + offset);
  const results = await Promise.all(ports.flatMap((port) => [udpIsFree(port), tcpIsFree(port)]));
  return results.every(Boolean);
}

function udpIsFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => resolve(false));
    socket.bind(port, '0.0.0.0', () => socket.close(() => resolve(true)));
  });
}

function tcpIsFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '0.0.0.0', () => server.close(() => resolve(true)));
  });
}
