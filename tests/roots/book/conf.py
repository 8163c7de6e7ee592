project = "Gardens"
extensions = ["myst_nb", "synth.book"]
nb_execution_mode = "off"
nb_render_markdown_format = "myst"
myst_enable_extensions = ["colon_fence", "attrs_inline"]
html_theme = "basic"
exclude_patterns = ["data", "jupyter_execute", "_*"]
