"""Embeddings of texts behind one protocol: hashed n-grams that need no model, OpenAI's, a sentence model."""
