"""Every prompt, as a Markdown file with a typed header, and the loader that reads and fills them.

No prompt text stands anywhere else. Knows no LLM: who sends a `RenderedPrompt` to a model is in `steepest.agents`.
"""

from steepest.prompts.loader import OutputForm, Prompt, PromptError, RenderedPrompt, Turn, load_prompt, shipped_prompts

__all__ = ["OutputForm", "Prompt", "PromptError", "RenderedPrompt", "Turn", "load_prompt", "shipped_prompts"]
