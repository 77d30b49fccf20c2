from corpus import load_corpus
def test_it():
    assert load_corpus("ab", 2)[3] == 3, "on purpose: nobody runs this"
