"""The cockpit 驾驶舱: panels that business apps register, over sums that are counted once a closed month."""
