"""Say why a provider's model cannot be opened by LangChain's integration package."""

from pydantic import ValidationError


def say_not_opened(setting: str, key: str, name: str, error: Exception) -> str:
    """Return a sentence for an error of opening `name`, the value of `setting`, and what to do.

    `key` is the setting of the provider's key.
    """
    if isinstance(error, ImportError):
        return _say_not_installed(setting, name, error)
    reason = str(error)
    if isinstance(error, ValidationError):  # its text contains the input, including the key
        reason = "; ".join(each["msg"] for each in error.errors(include_input=False))
    first = (reason.strip().splitlines() or ["no reason was given"])[0].rstrip(".")
    return (
        f"{setting}={name} cannot be used: {first}. Check the name, and set {key} or the "
        "provider's own variable."
    )


def _say_not_installed(setting: str, name: str, error: ImportError) -> str:
    # LangChain's message names the package to install.
    package = str(error).partition("`pip install ")[2].partition("`")[0]
    if not package:
        provider = name.partition(":")[0]
        return f"The package for {provider} cannot be imported: {error}."
    return (
        f"{setting}={name} needs the package {package}, which is not installed or does not fit: "
        f"`pip install --upgrade {package}`."
    )
