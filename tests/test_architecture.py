import subprocess
import sys


def test_the_lower_layers_load_without_flask():
    code = (
        "import sys, webapp.services, webapp.jobs, webapp.models, webapp.imaging, webapp.storage;"
        "assert 'flask' not in sys.modules, 'flask was loaded'"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_an_idle_easel_has_loaded_neither_numpy_nor_google_genai():
    code = (
        "import sys, webapp.app, webapp.cli;"
        "loaded = {'numpy', 'google.genai'} & set(sys.modules);"
        "assert not loaded, loaded"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
