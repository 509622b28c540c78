/** Something wrong with what a growth team wrote: where it stands, what came, what was expected. */
export type Fault = {
  readonly file: string;
  /** From 1; 0 when the file itself is missing. */
  readonly line: number;
  readonly column?: number;
  /** `when[1].signal`; empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
  /** A whole clause: `did you mean "support_trouble"?` */
  readonly suggestion?: string;
};

/** One line per fault, in the order of the files: `triggers/promoter-email.yaml:7 when[1].signal: …`. */
export function formatFaults(faults: readonly Fault[]): string {
  return faults
    .map((fault) => {
      const where = `${fault.file}${fault.line > 0 ? `:${fault.line}` : ''} ${fault.path}`.trim();
      return `${where}: ${inWords(fault)}`;
    })
    .join('\n');
}

/** The same for programs: where each stands, and what is wrong there. */
export const fieldErrors = (faults: readonly Fault[]): FieldError[] =>
  faults.map((fault) => {
    const { file, line, path, suggestion } = fault;
    return {
      field: `${file} ${path}`.trim(),
      message: `${line > 0 ? `line ${line}: ` : ''}${inWords(fault)}`,
      file,
      line,
      path,
      suggestion: suggestion ?? null,
    };
  });

type FieldError = {
  readonly field: string;
  readonly message: string;
  readonly file: string;
  readonly line: number;
  readonly path: string;
  readonly suggestion: string | null;
};

const inWords = ({ message, suggestion }: Fault) =>
  suggestion === undefined ? message : `${message}; ${suggestion}`;

/** Orders faults as a person reads the files: by file, then line, then column. */
export function compareFaults(a: Fault, b: Fault): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || (a.column ?? 0) - (b.column ?? 0);
}
