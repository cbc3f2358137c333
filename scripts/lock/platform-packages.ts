/** The part of package-lock.json that is looked at here. */
export interface LockFile {
  packages: Record<string, LockEntry>;
}

interface LockEntry {
  version?: string;
  optionalDependencies?: Record<string, string>;
  [field: string]: unknown;
}

/** A package for one platform that is asked for and has no entry. */
export interface MissingPackage {
  askedBy: string;
  name: string;
  version: string;
}

/**
 * Optional dependencies without an entry. npm leaves them out when the registry it asked does not have them, and then refuses the
 * lock file (`npm ci`: "Missing … from lock file"), also on platforms that do not need them.
 */
export function missingPlatformPackages({ packages }: LockFile): MissingPackage[] {
  return Object.entries(packages).flatMap(([askedBy, { optionalDependencies = {} }]) =>
    Object.entries(optionalDependencies)
      .filter(
        ([name]) =>
          packages[`node_modules/${name}`] === undefined && packages[`${askedBy}/node_modules/${name}`] === undefined,
      )
      .map(([name, version]) => ({ askedBy, name, version })),
  );
}

/** The lock file with an entry for each of them, so that it can be installed. What they are for is read from their names. */
export function withPlatformPackages(lock: LockFile): LockFile {
  const added = missingPlatformPackages(lock).map(({ askedBy, name, version }) => {
    const { dev, license } = lock.packages[askedBy] ?? {};
    const entry = { version, ...platformOf(name), ...(dev === true ? { dev } : {}), license, optional: true };
    return [`node_modules/${name}`, entry] as const;
  });
  const entries = [...Object.entries(lock.packages), ...added].sort(([a], [b]) => a.localeCompare(b, 'en'));
  return { ...lock, packages: Object.fromEntries(entries) };
}

/** `@biomejs/cli-linux-x64-musl` → Linux, x64, musl. */
function platformOf(name: string): { os: string[]; cpu: string[]; libc?: string[] } {
  const words = (name.split('/').at(-1) ?? '').split('-');
  const at = words.findIndex((word) => SYSTEMS.includes(word));
  const [os, cpu, ...rest] = words.slice(at);
  if (at === -1 || os === undefined || cpu === undefined)
    throw new Error(`the name ${name} does not say for which platform it is`);
  if (os !== 'linux') return { os: [os], cpu: [cpu] };
  return { os: [os], cpu: [cpu], libc: [rest.some((word) => word.startsWith('musl')) ? 'musl' : 'glibc'] };
}

const SYSTEMS = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];
