"""What becomes of bytes when the network, a disk, a server or this process fails in the middle."""
