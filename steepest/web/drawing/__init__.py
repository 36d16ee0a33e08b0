"""Pictures of answers as inline SVG: drawn here, so that they need no network, follow the page's colors and print."""
