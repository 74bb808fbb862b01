"""SFT, then DPO or KTO, of a LoRA adapter."""
