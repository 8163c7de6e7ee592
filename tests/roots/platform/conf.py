# What Jupyter Book 1 loads, without its table of contents: the mends are for these extensions.
project = "Gardens"
extensions = [
    "sphinx_togglebutton",
    "sphinx_copybutton",
    "myst_nb",
    "jupyter_book",
    "sphinx_thebe",
    "sphinx_design",
    "sphinx_book_theme",
    "sphinx_jupyterbook_latex",
    "synth.book",
]
root_doc = "index"
exclude_patterns = ["data"]
language = "en"
nb_execution_mode = "off"
nb_render_markdown_format = "myst"
myst_enable_extensions = ["colon_fence", "attrs_block", "deflist"]
html_theme = "sphinx_book_theme"
html_context = {"default_mode": "auto"}
html_theme_options = {"show_navbar_depth": 2}
