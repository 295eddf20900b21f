#!/usr/bin/env python3
"""Reads an archive of spinpool from Python: prints what is in it, and draws it against temperature.

    python3 examples/read_archive.py results/1-first-run.h5 -o results/1-first-run.png

Needs h5py, xarray, h5netcdf and matplotlib: on Debian and Ubuntu
    apt install python3-h5py python3-xarray python3-h5netcdf python3-matplotlib
and elsewhere
    pip install h5py xarray h5netcdf matplotlib
"""

import argparse
import os
import sys

try:
    import h5py
    import matplotlib
    import numpy as np
    import xarray as xr
    import h5netcdf  # noqa: F401  (xarray opens the file with it)
except ImportError as missing:
    sys.exit(f"read_archive.py: the package {missing.name} is missing; try: pip install h5py xarray h5netcdf matplotlib")

matplotlib.use("Agg")  # draws into a file; no window is needed
import matplotlib.pyplot as plt

# Of each model: its parameters, and what is drawn: energy, specific heat, and the quantities that tell its phases.
PARAMETERS = {"ising": ["J", "h"], "o6": ["rho", "a", "lambda", "g", "gPrime", "w"]}
QUANTITIES = {
    "ising": ["energy", "specific_heat", "abs_magnetization"],
    "o6": ["energy", "specific_heat", "helicity_modulus", "cdw_order_squared", "nematic_order"],
}


def compact(mean, error):
    """A mean with its error in units of the last digit: -1.4142(3)."""
    if not np.isfinite(mean):
        return "-"
    if not (np.isfinite(error) and error > 0):
        return f"{mean:.6g}"
    # One digit of error, two below 15: it is known no better than that.
    digits = max(0, int(np.ceil(-np.log10(error / 1.5))))
    return f"{mean:.{digits}f}({round(error * 10**digits)})"


def overview(path):
    """Prints every simulation with its parameters and a table of the energy. Plain h5py is enough for that.

    Returns the names of the simulations, by size and parameters.
    """
    with h5py.File(path) as f:
        if f.attrs.get("format") != "spinpool" or "simulations" not in f:
            raise ValueError("this is no archive of a spinpool run")
        print(f"{f.attrs.get('title', path)} ({f.attrs['status']})")
        # What holds for all of a simulation is in the attributes of its group.
        described = []
        for name, simulation in f["simulations"].items():
            model, size = simulation.attrs["model"], int(simulation.attrs["size"])
            values = {key: float(simulation.attrs[key]) for key in PARAMETERS[model]}
            described.append((size, list(values.values()), name, f"{model}, L = {size}, " + ", ".join(f"{k} = {v:g}" for k, v in values.items())))
        for _, _, name, description in sorted(described):
            print(f"\n{name}: {description}")
            simulation = f["simulations"][name]
            # Every quantity has its standard error beside it, under the name <quantity>_error.
            print(f"{'T':>10}  energy")
            for T, mean, error in zip(simulation["temperature"], simulation["energy"], simulation["energy_error"]):
                print(f"{T:10.6g}  {compact(mean, error)}")
    return [name for _, _, name, _ in sorted(described)]


def open_simulation(path, name):
    """One simulation as an xarray.Dataset, with the temperature as its coordinate: select with .sel(temperature=2.3, method="nearest")."""
    return xr.open_dataset(path, group=f"simulations/{name}", engine="h5netcdf")


def snapshot_of(path, name):
    """A configuration halfway up the temperatures, and a title; None where the run kept none."""
    with h5py.File(path) as f:
        spins = f.get(f"simulations/{name}/snapshots/spins")
        if spins is None or spins.shape[1] == 0:
            return None
        i = spins.shape[0] // 2
        T = f[f"simulations/{name}/temperature"][i]
        configuration = spins[i, 0]  # (y, x), or (y, x, component): only this one is read from the disk
    if configuration.ndim == 2:
        return configuration, f"{name}, T = {T:.4g}", "spin"
    # Six components: the first two are superconducting, the others charge order.
    return (configuration[..., :2] ** 2).sum(axis=-1), f"{name}, T = {T:.4g}", "superconducting share n₁² + n₂²"


def draw(path, names, out):
    """Draws all simulations into one figure, a panel for each quantity, and a snapshot where there is one."""
    simulations = {name: open_simulation(path, name) for name in names}
    quantities = QUANTITIES[next(iter(simulations.values())).attrs["model"]]
    snapshot = snapshot_of(path, names[-1])
    panels = len(quantities) + (snapshot is not None)
    columns = 2 if panels <= 4 else 3
    rows = -(-panels // columns)
    figure, axes = plt.subplots(rows, columns, figsize=(4 * columns, 3.5 * rows), layout="constrained")
    for axis, quantity in zip(axes.flat, quantities):
        for name, simulation in simulations.items():
            data = simulation[quantity]
            axis.errorbar(simulation.temperature, data, simulation[f"{quantity}_error"], marker=".", linewidth=1, capsize=2, label=name)
        axis.set(xlabel="temperature T", ylabel=quantity.replace("_", " "))
    axes.flat[0].legend(fontsize="small")
    if snapshot is not None:
        configuration, title, meaning = snapshot
        axis = axes.flat[len(quantities)]
        image = axis.imshow(configuration, cmap="cividis", interpolation="nearest", origin="lower")
        axis.set(xlabel="x", ylabel="y", title=title)
        figure.colorbar(image, ax=axis, label=meaning)
    for axis in axes.flat[panels:]:
        axis.remove()
    figure.savefig(out, dpi=150)
    for simulation in simulations.values():
        simulation.close()


def main():
    parser = argparse.ArgumentParser(description="Prints what is in an archive of spinpool, and draws it against temperature.")
    parser.add_argument("archive", help="for example results/1-first-run.h5")
    parser.add_argument("-o", "--out", help="the picture to write: a name that ends in .png, .pdf or .svg")
    arguments = parser.parse_args()
    if arguments.out and not arguments.out.endswith((".png", ".pdf", ".svg")):
        parser.error(f"{arguments.out}: the picture's name must end in .png, .pdf or .svg")
    if not os.path.exists(arguments.archive):
        sys.exit(f"read_archive.py: {arguments.archive}: there is no such file")
    if not h5py.is_hdf5(arguments.archive):
        sys.exit(f"read_archive.py: {arguments.archive}: this is no HDF5 file")
    try:
        names = overview(arguments.archive)
    except ValueError as error:
        sys.exit(f"read_archive.py: {arguments.archive}: {error}")
    if arguments.out:
        try:
            draw(arguments.archive, names, arguments.out)
        except OSError as error:
            sys.exit(f"read_archive.py: {arguments.out}: cannot be written: {error.strerror}")
        print(f"\n{arguments.out}")


if __name__ == "__main__":
    main()
