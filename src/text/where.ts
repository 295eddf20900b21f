/** Says where a key was written: `job.yaml: sweeps` or `--sweeps`; `parameters.J` names one parameter. */
export type Where = (key: string) => string
