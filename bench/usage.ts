import { readdirSync, readFileSync } from 'node:fs';

/** CPU time used so far in milliseconds, of this process id with all its threads; NaN where there is no /proc. */
export function cpuOf(pid: number): number {
  const fields = read(`/proc/${pid}/stat`)
    ?.replace(/^.*\) /, '')
    .split(' ');
  const [user, system] = [fields?.[11], fields?.[12]].map(Number);
  return ((user ?? Number.NaN) + (system ?? Number.NaN)) * 10; // ticks of 1/100 s
}

/** The same of the PostgreSQL processes on this machine that serve one database; none without one. */
export function cpuOfPostgres(database: string | undefined): number {
  if (database === undefined) return 0;
  const pids = readdirIfThere('/proc').filter(
    (name) => /^\d+$/.test(name) && read(`/proc/${name}/cmdline`)?.includes(` ${database} `),
  );
  return pids.length === 0 ? Number.NaN : pids.reduce((sum, pid) => sum + cpuOf(Number(pid)), 0);
}

/** Resident memory in MB. */
export function memoryOf(pid: number): number {
  const kb = /VmRSS:\s+(\d+)/.exec(read(`/proc/${pid}/status`) ?? '')?.[1];
  return Math.round(Number(kb ?? Number.NaN) / 1024);
}

/** Open files, sockets and pipes. */
export const descriptorsOf = (pid: number): number => readdirIfThere(`/proc/${pid}/fd`).length || Number.NaN;

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function readdirIfThere(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
